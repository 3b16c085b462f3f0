import type { ComponentProps, ReactNode } from "react";
import styles from "./button.module.css";

type Look = "plain" | "primary" | "danger" | "quiet";

interface ButtonProps extends ComponentProps<"button"> {
  look?: Look;
  icon?: ReactNode;
}

export function Button({ look = "plain", icon, children, className, type = "button", ...rest }: ButtonProps) {
  return (
    <button type={type} className={[styles.button, styles[look], className].join(" ")} {...rest}>
      {icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  /** What it does, for those who do not see the icon, and as its tooltip. */
  label: string;
  icon: ReactNode;
  look?: Look;
}

export function IconButton({
  label,
  icon,
  look = "quiet",
  className,
  type = "button",
  ...rest
}: IconButtonProps) {
  const classes = [styles.button, styles.icon, styles[look], className].join(" ");
  return (
    <button type={type} aria-label={label} title={label} className={classes} {...rest}>
      {icon}
    </button>
  );
}

interface ButtonLinkProps extends ComponentProps<"a"> {
  look?: Look;
  icon?: ReactNode;
  href: string;
}

/** Looks like a button and leads somewhere: to a file, out of the app. */
export function ButtonLink({ look = "plain", icon, children, className, ...rest }: ButtonLinkProps) {
  return (
    <a className={[styles.button, styles.link, styles[look], className].join(" ")} {...rest}>
      {icon}
      {children}
    </a>
  );
}
