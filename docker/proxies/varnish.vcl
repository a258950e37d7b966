# Varnish (6 or later) in front of WebSockets: as /etc/varnish/default.vcl. Change the server's address.
#
# What only its command line can say (`systemctl edit varnish`):
#   -p pipe_timeout=3660
# 60 s unless it is set: then a connection that is silent for a minute is cut without a close frame. A minute more than the server's
# own limit (wsproof.idle-timeout, 3600), which says why it closes.
# Each WebSocket holds a thread for as long as it is open, of 10,000 at most unless -p thread_pool_max says otherwise (for each of
# two pools, 5000).
#
# Varnish speaks no TLS: put haproxy.cfg in front of it, with Varnish's address in place of the server's.
vcl 4.1;

backend wsproof {
    .host = "127.0.0.1";
    .port = "8080";
    # A server that is not there is known by then.
    .connect_timeout = 5s;
    # A server that drains says 503 there and gets no more. (/wsproof/health, if the WAR has that name.)
    .probe = {
        .url = "/health";
        .interval = 1s;
        # A busy server is not taken for a dead one.
        .timeout = 5s;
        .window = 3;
        .threshold = 2;
        .initial = 2;
    }
}

sub vcl_recv {
    # Bytes both ways from here on: what Varnish does not look at it does not hold up.
    if (req.http.Upgrade ~ "(?i)websocket") {
        return (pipe);
    }
}

sub vcl_pipe {
    # Varnish passes neither header on, for they belong to one connection only (RFC 9110 section 7.6.1): without these two lines the
    # server sees a request for a page. From whom it comes, X-Forwarded-For, Varnish adds by itself.
    set bereq.http.Upgrade = req.http.Upgrade;
    set bereq.http.Connection = req.http.Connection;
}
