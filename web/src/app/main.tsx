import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startI18n } from "@/lib/i18n";
import { markMissingPictures } from "@/lib/missing-pictures";
import { listenToKeys } from "@/lib/shortcuts";
import { showTheme } from "@/lib/theme";
import { queries } from "./queries";
import { router } from "./router";
import "@/ui/tokens.css";
import "@/ui/base.css";

async function start(): Promise<void> {
  showTheme();
  await startI18n();
  listenToKeys();
  markMissingPictures();
  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
