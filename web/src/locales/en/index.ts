import common from "./common.json";
import galleries from "./galleries.json";
import grid from "./grid.json";
import guest from "./guest.json";
import names from "./names.json";
import people from "./people.json";
import review from "./review.json";
import search from "./search.json";
import timeline from "./timeline.json";
import uploads from "./uploads.json";
import viewer from "./viewer.json";

export const en = {
  common,
  galleries,
  grid,
  guest,
  names,
  people,
  review,
  search,
  timeline,
  uploads,
  viewer,
} as const;
