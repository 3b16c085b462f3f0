import common from "./common.json";
import grid from "./grid.json";
import jobs from "./jobs.json";
import names from "./names.json";
import settings from "./settings.json";
import timeline from "./timeline.json";
import uploads from "./uploads.json";
import viewer from "./viewer.json";

export const en = { common, grid, jobs, names, settings, timeline, uploads, viewer } as const;
