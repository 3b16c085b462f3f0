import common from "./common.json";
import grid from "./grid.json";
import timeline from "./timeline.json";
import uploads from "./uploads.json";

export const en = { common, grid, timeline, uploads } as const;
