// SPDX-License-Identifier: MIT
// A few words for building the page.

type Child = Node | string | null | undefined | false;
type Attributes = {[name: string]: string | number | boolean | ((event: Event) => void) | undefined};

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

export function svg(markup: string): SVGElement {
  const template = document.createElement('template');
  template.innerHTML = markup;
  return template.content.firstElementChild as SVGElement;
}

/** Change text only when it changes, so that assistive technology is not flooded */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function toggle(element: Element, name: string, value: string | boolean): void {
  const text = String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

export interface Panel {
  root: HTMLElement;
  head: HTMLElement;
  body: HTMLElement;
  note: HTMLElement;
}

/** A titled panel; `note` lies over the body when there is nothing to show */
export function panel(id: string, title: string, ...tools: Child[]): Panel {
  const note = h('div', {class: 'note', hidden: true});
  const body = h('div', {class: 'panel-body'});
  const head = h('div', {class: 'panel-head'}, h('h2', {id: `${id}-title`}, title), h('div', {class: 'tools'}, ...tools));
  const root = h('section', {class: `panel panel-${id}`, id, 'aria-labelledby': `${id}-title`}, head, h('div', {class: 'panel-stack'}, body, note));
  return {root, head, body, note};
}

const glyphs = {
  lock: '<svg viewBox="0 0 24 24" aria-hidden="true"><rect x="5" y="11" width="14" height="9" rx="2.5"/><path d="M8.5 11V8a3.5 3.5 0 0 1 7 0v3"/></svg>',
  wait: '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/></svg>',
  silent: '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 4l16 16M6.5 12.5a8 8 0 0 1 3-1.8M14.6 10.7a8 8 0 0 1 2.9 1.8M9.5 15.6a4 4 0 0 1 5 0"/><circle cx="12" cy="19" r=".6"/></svg>',
};

/** Show why a panel is empty, in words; null removes the note */
export function setNote(target: Panel, glyph: keyof typeof glyphs, title: string | null, text = ''): void {
  const key = title === null ? '' : `${glyph}|${title}|${text}`;
  if (target.note.dataset.key === key) return;
  target.note.dataset.key = key;
  target.note.hidden = title === null;
  target.root.classList.toggle('is-empty', title !== null);
  if (title !== null) target.note.replaceChildren(svg(glyphs[glyph]), h('strong', {}, title), text ? h('span', {}, text) : null as never);
}
