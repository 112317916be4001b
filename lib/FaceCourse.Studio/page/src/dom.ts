/** Building elements without a framework: a tag, its attributes, its children. */

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: any) => void)>;

/** Makes an element. `onclick` and the like take functions; `false` and `null` leave an attribute out; `html` sets trusted markup of ours. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "html") element.innerHTML = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replaces what an element holds. */
export function fill(element: HTMLElement, ...children: Child[]): void {
  element.replaceChildren(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
}

const shapes: Record<string, string> = {
  menu: '<path d="M4 7h16M4 12h16M4 17h16"/>',
  panel: '<rect x="3.5" y="5" width="17" height="14" rx="2"/><path d="M15 5v14"/>',
  play: '<path d="M8 5.500v13l10.5-6.500z" fill="currentColor" stroke-linejoin="round"/>',
  all: '<path d="M5 6v12l7.5-6zM13 6v12l7.5-6z" fill="currentColor" stroke-linejoin="round"/>',
  stop: '<rect x="7" y="7" width="10" height="10" rx="1.5" fill="currentColor"/>',
  restart: '<path d="M19 12a7 7 0 1 1-2.1-5M19 4v4.500h-4.5"/>',
  reset: '<path d="M4.5 9.500h10a5 5 0 0 1 0 10H8M8.5 5.500l-4 4 4 4"/>',
  step: '<path d="M12 4v12M7 11.500l5 5 5-5M6 20h12"/>',
  sun: '<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.600l1.4 1.400M17 17l1.4 1.400M18.4 5.600L17 7M7 17l-1.4 1.4"/>',
  moon: '<path d="M19.5 14A8 8 0 0 1 10 4.500a8 8 0 1 0 9.5 9.500z"/>',
  help: '<circle cx="12" cy="12" r="8.5"/><path d="M9.7 9.500a2.4 2.4 0 1 1 3.4 2.200c-.8.4-1.1.9-1.1 1.800M12 16.600v.1"/>',
  more: '<g fill="currentColor"><circle cx="6" cy="12" r="1.1"/><circle cx="12" cy="12" r="1.1"/><circle cx="18" cy="12" r="1.1"/></g>',
  close: '<path d="M6 6l12 12M18 6L6 18"/>',
  check: '<path d="M5 12.500l4.5 4.500L19 7.5"/>',
  left: '<path d="M14.5 5.500L8 12l6.5 6.5"/>',
  right: '<path d="M9.5 5.500L16 12l-6.5 6.5"/>',
  download: '<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.500M5 19.500h14"/>',
  trust: '<path d="M12 3.500l7 2.500v5.500c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6z"/><path d="M9 12l2.2 2.200L15.2 10"/>',
};

/** A line icon of 24 units; decoration only, so hidden from assistive technology. */
export function icon(name: keyof typeof shapes): HTMLElement {
  return h("span", { class: "fc-icon", "aria-hidden": "true", html: `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">${shapes[name]}</svg>` });
}

/** Whether the reader asked the system for less motion. */
export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** 1234567 → "1.2 MB". */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) { bytes /= 1000; unit++; }
  return `${bytes < 10 && unit > 0 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
}
