import common from "./common.json";
import grid from "./grid.json";
import guest from "./guest.json";
import timeline from "./timeline.json";

export const en = { common, grid, guest, timeline } as const;
