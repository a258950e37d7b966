package io.github.wsproof.manifesttests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** They fit the schemas, and each other. */
class KubernetesManifestsTest {
  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "apps/v1 Deployment", V1Deployment.class,
          "batch/v1 Job", V1Job.class,
          "networking.k8s.io/v1 Ingress", V1Ingress.class,
          "v1 Service", V1Service.class);

  private static final List<Object> OBJECTS = new ArrayList<>();

  /** The reader checks what it reads: unknown fields, missing ones, wrong types. */
  @BeforeAll
  static void read() throws IOException {
    // It sets up the reader that all share.
    new JSON();
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("manifests")))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        for (Object document : new Yaml().loadAll(Files.readString(file))) {
          OBJECTS.add(object(new Gson().toJsonTree(document)));
        }
      }
    }
  }

  private static Object object(JsonElement document) {
    String kind =
        document.getAsJsonObject().get("apiVersion").getAsString()
            + " "
            + document.getAsJsonObject().get("kind").getAsString();
    assertThat(KINDS).containsKey(kind);
    return JSON.getGson().fromJson(document, KINDS.get(kind));
  }

  private static <T> T only(Class<T> kind) {
    List<T> all = OBJECTS.stream().filter(kind::isInstance).map(kind::cast).toList();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static V1PodSpec server() {
    return only(V1Deployment.class).getSpec().getTemplate().getSpec();
  }

  private static V1PodSpec verify() {
    return only(V1Job.class).getSpec().getTemplate().getSpec();
  }

  /** Else the reader would check nothing. */
  @Test
  void whatIsWrongIsFound() {
    String service = "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"spec\":{\"ports\":[%s]}}";
    for (String port : List.of("{\"port\":1,\"por\":2}", "{}", "{\"port\":\"x\"}")) {
      JsonElement wrong = new Gson().fromJson(service.formatted(port), JsonElement.class);
      assertThatThrownBy(() -> object(wrong)).as(port).isInstanceOf(RuntimeException.class);
    }
  }

  @Test
  void theServiceFindsThePodsAndTheirPort() {
    V1Service service = only(V1Service.class);
    V1Deployment deployment = only(V1Deployment.class);

    assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
        .containsAllEntriesOf(service.getSpec().getSelector())
        .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
    assertThat(server().getContainers().get(0).getPorts())
        .anyMatch(
            port ->
                port.getName()
                    .equals(service.getSpec().getPorts().get(0).getTargetPort().getStrValue()));
  }

  @Test
  void theIngressFindsTheService() {
    V1Service service = only(V1Service.class);
    var backend =
        only(V1Ingress.class)
            .getSpec()
            .getRules()
            .get(0)
            .getHttp()
            .getPaths()
            .get(0)
            .getBackend()
            .getService();

    assertThat(backend.getName()).isEqualTo(service.getMetadata().getName());
    assertThat(backend.getPort().getName())
        .isEqualTo(service.getSpec().getPorts().get(0).getName());
  }

  @Test
  void theClientsGoToTheServiceAllAtOnce() {
    V1Job job = only(V1Job.class);

    assertThat(job.getSpec().getCompletionMode()).isEqualTo("Indexed");
    assertThat(job.getSpec().getParallelism()).isEqualTo(job.getSpec().getCompletions());
    assertThat(verify().getContainers().get(0).getArgs())
        .last()
        .isEqualTo("ws://" + only(V1Service.class).getMetadata().getName() + "/echo");
  }

  /** Each is stopped only when it has drained: 5 s, and the setting's 5 s and one more. */
  @Test
  void aServerHasTheTimeThatItsEndTakes() {
    assertThat(server().getTerminationGracePeriodSeconds()).isGreaterThan(5 + 5 + 1);
  }

  @Test
  void nobodyIsRootOrWritesToTheImage() {
    for (V1PodSpec pod : List.of(server(), verify())) {
      V1Container container = pod.getContainers().get(0);
      assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(pod.getAutomountServiceAccountToken()).isFalse();
      assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
      assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
      assertThat(container.getSecurityContext().getCapabilities().getDrop()).contains("ALL");
      assertThat(container.getVolumeMounts()).anyMatch(m -> m.getMountPath().equals("/tmp"));
    }
  }
}
