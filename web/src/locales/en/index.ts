import chosen from "./chosen.json";
import common from "./common.json";
import galleries from "./galleries.json";
import grid from "./grid.json";
import guest from "./guest.json";
import jobs from "./jobs.json";
import names from "./names.json";
import people from "./people.json";
import review from "./review.json";
import search from "./search.json";
import settings from "./settings.json";
import timeline from "./timeline.json";
import uploads from "./uploads.json";
import viewer from "./viewer.json";

export const en = {
  chosen,
  common,
  galleries,
  grid,
  guest,
  jobs,
  names,
  people,
  review,
  search,
  settings,
  timeline,
  uploads,
  viewer,
} as const;
