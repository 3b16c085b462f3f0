import common from "./common.json";
import grid from "./grid.json";
import names from "./names.json";
import timeline from "./timeline.json";

export const en = { common, grid, names, timeline } as const;
