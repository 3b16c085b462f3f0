import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { describeProblem } from "@/lib/problem";
import { IconButton } from "./button";
import styles from "./toasts.module.css";

const manager = Toast.createToastManager();

interface Said {
  text: string;
  /** What takes it back, or what to do about it. */
  action?: { label: string; run: () => void };
  isProblem?: boolean;
}

/** Says something at the edge of the page for a while; the action is there as long. */
export function say({ text, action, isProblem = false }: Said): void {
  const id = manager.add({
    title: text,
    type: isProblem ? "problem" : "done",
    timeout: action || isProblem ? 10_000 : 4_000,
    priority: isProblem ? "high" : "low",
    actionProps: action && {
      children: action.label,
      onClick: () => {
        manager.close(id);
        action.run();
      },
    },
  });
}

/** How a page tells of what failed or was done, in the reader's language. */
export function useSaying() {
  const { t } = useTranslation();
  return {
    failed: (error: unknown, retry?: () => void) =>
      say({
        text: describeProblem(error, t),
        isProblem: true,
        action: retry && { label: t("retry"), run: retry },
      }),
    done: (text: string, undo?: () => void) => say({ text, action: undo && { label: t("undo"), run: undo } }),
  };
}

export function Toasts() {
  const { t } = useTranslation();
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport} aria-label={t("messages")}>
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const { t } = useTranslation();
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles.toast} swipeDirection={["down", "right"]}>
      <Toast.Content className={styles.content}>
        <Toast.Title className={styles.title} render={<p />} />
        {toast.actionProps && <Toast.Action className={styles.action} />}
        <Toast.Close render={<IconButton className={styles.close} label={t("close")} icon={<X />} />} />
      </Toast.Content>
    </Toast.Root>
  ));
}
