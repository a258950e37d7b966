export const byId = (id) => document.getElementById(id);

/** An element with attributes and children; texts become text nodes, never HTML. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    element.setAttribute(attribute, value);
  }
  element.append(...children);
  return element;
}

/** Sets a text only if it differs: a live region must not speak twice, and layout is dear. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Fills a list with texts, only if it has others. */
export function setList(list, texts) {
  const items = [...list.children];
  if (items.length !== texts.length || items.some((item, i) => item.textContent !== texts[i])) {
    list.replaceChildren(...texts.map((text) => make('li', {}, text)));
  }
}

/** Draws at most once a frame; a hidden page has no frames, and is drawn all the same. */
export function framed(draw) {
  let scheduled = false;
  const run = () => {
    scheduled = false;
    draw();
  };
  return () => {
    if (!scheduled) {
      scheduled = true;
      if (document.hidden) {
        setTimeout(run, 0);
      } else {
        requestAnimationFrame(run);
      }
    }
  };
}

/** Enables and disables buttons; the keyboard's focus goes to `other` rather than into nowhere. */
export function setEnabled(button, enabled, other) {
  const hadFocus = document.activeElement === button;
  button.disabled = !enabled;
  if (!enabled && hadFocus) {
    other?.focus();
  }
}

/** Shows what is wrong with a field, which is described by that, or that nothing is. */
export function setProblem(field, problem) {
  const element = byId(`${field.id}-problem`);
  element.textContent = problem;
  element.hidden = !problem;
  if (problem) {
    field.setAttribute('aria-invalid', 'true');
  } else {
    field.removeAttribute('aria-invalid');
  }
}
