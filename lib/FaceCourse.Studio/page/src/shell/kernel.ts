/** How the kernel stands, in the bar; and a banner when it died. */
import type { ISessionContext } from "@jupyterlab/apputils";
import type { Banner } from "./banner";
import type { KernelState } from "./bar";

const words: Record<string, KernelState> = {
  unknown: "starting", starting: "starting", idle: "idle", busy: "busy", restarting: "restarting", autorestarting: "restarting", dead: "dead", terminating: "restarting",
};

export function watchKernel(session: ISessionContext, banner: Banner, show: (state: KernelState) => void, runAbove: () => void): void {
  const restart = async (): Promise<void> => {
    try {
      await session.restartKernel();
      banner.hide("kernel");
    } catch (error) {
      banner.show("kernel", { tone: "bad", text: `The kernel did not start: ${(error as Error).message}`, actions: [{ label: "Try again", act: restart }] });
    }
  };
  const draw = (): void => {
    const status = session.session?.kernel?.status ?? "starting";
    const away = session.session?.kernel?.connectionStatus !== "connected" && status !== "dead" && session.isReady;
    show(away ? "away" : words[status] ?? "idle");
    if (status === "dead") {
      banner.show("kernel", { tone: "bad", text: "The kernel stopped and could not go on: a crash, or too little memory. What you wrote is safe; the variables are gone.", actions: [{ label: "Restart the kernel", act: restart }] });
    } else if (status === "autorestarting") {
      banner.show("kernel", {
        tone: "warn", text: "The kernel stopped (a crash, or too little memory) and was started again: its variables are gone. What you wrote is safe.",
        actions: [{ label: "Run the cells above again", act: () => { banner.hide("kernel"); runAbove(); } }], closable: true,
      });
    }
  };
  session.statusChanged.connect(draw);
  session.connectionStatusChanged.connect(draw);
  session.sessionChanged.connect(draw);
  session.kernelChanged.connect(draw);
  void session.ready.then(draw);
  draw();
}
