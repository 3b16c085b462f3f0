import common from "./common.json";
import grid from "./grid.json";
import names from "./names.json";
import people from "./people.json";
import review from "./review.json";
import timeline from "./timeline.json";
import viewer from "./viewer.json";

export const en = { common, grid, names, people, review, timeline, viewer } as const;
