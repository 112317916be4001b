/** How the kernel stands, in the bar; a banner when it died; and the ways back. */
import type { ISessionContext } from "@jupyterlab/apputils";
import { KernelAPI } from "@jupyterlab/services";
import { settings } from "../course/api";
import type { Banner } from "./banner";
import type { KernelState } from "./bar";

const words: Record<string, KernelState> = {
  unknown: "starting", starting: "starting", idle: "idle", busy: "busy", restarting: "restarting", autorestarting: "restarting", dead: "dead", terminating: "restarting",
};

/** Restarts the kernel, or starts another one where the server knows it no more: it was stopped from elsewhere, or went with a server that was killed. */
export async function restartKernel(session: ISessionContext): Promise<void> {
  const kernel = session.session?.kernel;
  if (kernel && await KernelAPI.getKernelModel(kernel.id, settings)) {
    // The library keeps a failure to itself; the kernel's state does not.
    await session.restartKernel();
    if (kernel.status === "dead") throw new Error("it ended as soon as it was started. The terminal says why.");
    return;
  }
  session.session?.dispose();
  if (await session.startKernel()) throw new Error("the server could not start one. The terminal says why.");
}

export interface KernelWatch {
  /** After the server was away: connects again, or starts another kernel where the old one is gone. */
  recover(): Promise<void>;
}

export function watchKernel(session: ISessionContext, banner: Banner, show: (state: KernelState) => void, runAbove: () => void): KernelWatch {
  const restart = async (): Promise<void> => {
    try {
      await restartKernel(session);
      banner.hide("kernel");
    } catch (error) {
      banner.show("kernel", { tone: "bad", text: `The kernel did not start: ${(error as Error).message}`, actions: [{ label: "Try again", act: restart }] });
    }
  };
  const tellFresh = (why: string): void => banner.show("kernel", {
    tone: "warn", text: `${why}: its variables are gone. What you wrote is safe.`,
    actions: [{ label: "Run the cells above again", act: () => { banner.hide("kernel"); runAbove(); } }], closable: true,
  });
  const draw = (): void => {
    const status = session.session?.kernel?.status ?? "starting";
    const away = session.session?.kernel?.connectionStatus !== "connected" && status !== "dead" && session.isReady;
    show(away ? "away" : words[status] ?? "idle");
    if (status === "dead") {
      banner.show("kernel", { tone: "bad", text: "The kernel stopped and could not go on: a crash, or too little memory. What you wrote is safe; the variables are gone.", actions: [{ label: "Restart the kernel", act: restart }] });
    } else if (status === "autorestarting") {
      tellFresh("The kernel stopped (a crash, too little memory, or a cell that could not be interrupted) and was started again");
    }
  };
  session.statusChanged.connect(draw);
  session.connectionStatusChanged.connect(draw);
  session.sessionChanged.connect(draw);
  session.kernelChanged.connect(draw);
  void session.ready.then(draw);
  draw();
  return {
    async recover() {
      if (!session.isReady) return;
      const kernel = session.session?.kernel;
      try {
        if (kernel && await KernelAPI.getKernelModel(kernel.id, settings)) {
          // The library stops trying by itself after some minutes.
          if (kernel.connectionStatus !== "connected") await kernel.reconnect();
          return;
        }
        await restartKernel(session);
        tellFresh("The course was started anew, and this notebook's kernel with it");
      } catch (error) {
        banner.show("kernel", { tone: "bad", text: `The kernel did not start: ${(error as Error).message}`, actions: [{ label: "Try again", act: restart }] });
      }
    },
  };
}
