import { readdirSync } from "node:fs";
import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

// Imports go one way: app > features > shared > ui | api > lib. Features do not know each other.
const below = {
  lib: ["app", "features", "shared", "ui", "api"],
  ui: ["app", "features", "shared", "api"],
  api: ["app", "features", "shared", "ui"],
  shared: ["app", "features"],
};
const features = readdirSync(new URL("src/features", import.meta.url));

const zone = (files, refused, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group: refused, message }] }] },
});

export default ts.config(
  { ignores: ["node_modules", "src/api/schema.gen.ts"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  a11y.flatConfigs.recommended,
  hooks.configs.flat["recommended-latest"],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", { max: 150, skipBlankLines: true }],
      "no-console": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  ...Object.entries(below).map(([folder, above]) =>
    zone(
      [`src/${folder}/**`],
      above.map((it) => `@/${it}/*`),
      `${folder}/ stands below ${above.join(", ")}`,
    ),
  ),
  ...features.map((feature) =>
    zone(
      [`src/features/${feature}/**`],
      ["@/app/*", ...features.filter((it) => it !== feature).map((it) => `@/features/${it}/*`)],
      "features do not know each other; what two share belongs to shared/, ui/, api/ or lib/",
    ),
  ),
  { files: ["eslint.config.js"], ...ts.configs.disableTypeChecked },
);
