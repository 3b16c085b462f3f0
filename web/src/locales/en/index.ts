import common from "./common.json";
import grid from "./grid.json";
import timeline from "./timeline.json";

export const en = { common, grid, timeline } as const;
