import common from "./common.json";
import galleries from "./galleries.json";
import grid from "./grid.json";
import guest from "./guest.json";
import search from "./search.json";
import timeline from "./timeline.json";
import uploads from "./uploads.json";

export const en = { common, galleries, grid, guest, search, timeline, uploads } as const;
