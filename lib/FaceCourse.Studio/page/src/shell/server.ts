/** Asks the server every few seconds how things stand, and says so when it does not answer. */
import { course, CourseError, Status } from "../course/api";
import type { Banner } from "./banner";

export interface ServerWatch { ask(): void }

export function watchServer(banner: Banner, tell: (status: Status) => void, back: () => void): ServerWatch {
  let timer = 0, gone = false, asking = false;

  const ask = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    let wait = 5000;
    try {
      const status = await course.status();
      tell(status);
      if (status.downloads.some(download => !download.error) || !status.assets) wait = 1000;
      banner.hide("server");
      if (gone) { gone = false; back(); }
    } catch (error) {
      wait = 2000;
      if (error instanceof CourseError && (error.status === 401 || error.status === 403)) {
        banner.show("server", { tone: "bad", text: "The course was started anew and does not know this page any more. Open the address that its terminal printed; changes that are not saved are kept in this browser." });
        gone = true;
      } else if (!(error instanceof CourseError)) {
        banner.show("server", {
          tone: "bad", text: "The course's server does not answer. What you write is kept in this browser and saved when it is back. If you closed its terminal, start it again: dotnet run --project lib/FaceCourse.Studio",
          actions: [{ label: "Try now", act: () => ask() }],
        });
        gone = true;
      }
    } finally {
      asking = false;
      timer = window.setTimeout(() => { if (!document.hidden) void ask(); }, wait);
    }
  };

  document.addEventListener("visibilitychange", () => { if (!document.hidden) void ask(); });
  addEventListener("online", () => void ask());
  addEventListener("offline", () => void ask());
  void ask();
  return { ask: () => void ask() };
}
