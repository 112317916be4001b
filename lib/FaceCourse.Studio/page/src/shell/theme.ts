/** Dark and light: the system's, until the reader chooses. */
import { recolourCharts } from "../notebook/plotly";

const key = "facecourse:theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export const isDark = (): boolean => document.documentElement.dataset.theme === "dark";

function apply(dark: boolean): void {
  const root = document.documentElement;
  root.dataset.theme = dark ? "dark" : "light";
  // JupyterLab's styles ask the body.
  document.body.dataset.jpThemeLight = String(!dark);
  document.body.dataset.jpThemeName = dark ? "FaceCourse Dark" : "FaceCourse Light";
  document.body.dataset.jpThemeScrollbars = "false";
  recolourCharts();
  document.dispatchEvent(new CustomEvent("fc-theme"));
}

function chosen(): string | null {
  try { return localStorage.getItem(key); } catch { return null; }
}

export function startTheme(): void {
  apply(chosen() ? chosen() === "dark" : system.matches);
  system.addEventListener("change", () => { if (!chosen()) apply(system.matches); });
}

/** The other one. A choice that is the system's own is not kept: the page then follows the system again. */
export function switchTheme(): void {
  const dark = !isDark();
  try {
    if (dark === system.matches) localStorage.removeItem(key); else localStorage.setItem(key, dark ? "dark" : "light");
  } catch { /* private window: holds for this page */ }
  apply(dark);
}
