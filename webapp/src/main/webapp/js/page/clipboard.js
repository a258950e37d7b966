import { STRINGS } from '../strings.js';
import { byId, setText } from './dom.js';

/** Copies a text; the clipboard API is missing where the page did not come over https or from localhost. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text) {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  document.body.append(area);
  const focused = document.activeElement;
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  focused?.focus();
  return copied;
}

/** A button that copies, and an element that says so. */
export function copyButton(buttonId, noteId, text, note) {
  byId(buttonId).addEventListener('click', async () => {
    const copied = await copy(text());
    setText(byId(noteId), copied ? note : STRINGS.copy.failed);
  });
}
