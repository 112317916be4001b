/** The server's calls under /course/; their shapes are told in Server/README.md. */
import { ServerConnection } from "@jupyterlab/services";

export interface Section {
  file: string; number: number | null; title: string; section: string;
  edited: boolean; codeCells: number; exercises: number; done: { run: number; right: number };
}

export interface Asset { name: string; what: string; licence: string; bytes: number; found: boolean; place: string }

export interface Download { name: string; received: number; total: number; bytesPerSecond: number; error: string | null }

export interface Status {
  version: string; root: string;
  device: { kind: string; name: string; memory: number };
  memory: { server: number; kernels: { id: string; path: string; bytes: number | null }[] };
  assets: { found: number; total: number; items: Asset[] } | null;
  downloads: Download[];
}

export interface NotebookProgress { run?: Record<string, boolean | null>; right?: Record<string, boolean | null> }

export interface Progress {
  notebooks?: Record<string, NotebookProgress>;
  last?: string;
}

export interface QuizQuestion { id: string; number: number; section: number; text: string; explanation: string; choices: { text: string; why: string; right: boolean }[] }

export interface QuizAnswer { choice: number; right: boolean; tries: number; rightAtFirst: boolean }

/** The server answered, but not with success. */
export class CourseError extends Error {
  constructor(readonly status: number, message: string) { super(message); }
}

export const settings = ServerConnection.makeSettings({
  baseUrl: `${location.origin}/`,
  wsUrl: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/`,
});

async function call<T>(path: string, method = "GET", body?: unknown): Promise<T> {
  const response = await ServerConnection.makeRequest(`${settings.baseUrl}${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) }, settings);
  const text = await response.text();
  if (!response.ok) {
    let message = response.statusText;
    try { message = JSON.parse(text).message ?? message; } catch { /* not JSON: the status says it */ }
    throw new CourseError(response.status, message);
  }
  return (text ? JSON.parse(text) : undefined) as T;
}

const encode = (file: string): string => file.split("/").map(encodeURIComponent).join("/");

export const course = {
  sections: () => call<Section[]>("course/notebooks"),
  reset: (file: string) => call<Section>(`course/reset/${encode(file)}`, "POST"),
  progress: () => call<Progress>("course/progress"),
  /** Merges (RFC 7396), so that two tabs do not undo each other's steps. */
  addProgress: (part: Progress) => call<Progress>("course/progress", "PATCH", part),
  status: () => call<Status>("course/status"),
  quiz: () => call<{ questions: QuizQuestion[]; answers: Record<string, QuizAnswer> }>("course/quiz"),
  answer: (id: string, choice: number) => call<QuizAnswer>(`course/quiz/${encodeURIComponent(id)}`, "POST", { choice }),
  fetchAsset: (name: string) => call<void>(`course/assets/${encode(name)}`, "POST"),
  stopAsset: (name: string) => call<void>(`course/assets/${encode(name)}`, "DELETE"),
  trust: (file: string) => call<void>(`api/contents/${encode(file)}/trust`, "POST"),
  stopKernel: (id: string) => call<void>(`api/kernels/${encodeURIComponent(id)}`, "DELETE"),
};

/** "5 · Face verification". */
export const titleOf = (section: Section): string => section.number === null ? section.section : `${section.number} · ${section.section}`;

/** Where a notebook lies in the page: /05-face-verification for notebooks/05-face-verification.ipynb. */
export const address = (file: string): string => "/" + encodeURIComponent(file.replace(/^notebooks\//, "").replace(/\.ipynb$/, ""));

/** The notebook that the page's address names, or null for the start. */
export function fileOf(pathname: string): string | null {
  const name = decodeURIComponent(pathname.replace(/^\/+/, ""));
  return name ? `notebooks/${name}.ipynb` : null;
}
