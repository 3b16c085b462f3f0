import common from "./common.json";
import grid from "./grid.json";
import jobs from "./jobs.json";
import settings from "./settings.json";
import timeline from "./timeline.json";
import uploads from "./uploads.json";

export const en = { common, grid, jobs, settings, timeline, uploads } as const;
