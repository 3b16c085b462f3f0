import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { aboutQuery, statisticsQuery, type Part, type Setting } from "@/api/about";
import { shownBytes } from "@/lib/format";
import { Problem, describeProblem } from "@/lib/problem";
import { Badge, Entries, Entry, Section } from "@/ui/section";
import { Failed, Waiting } from "@/ui/states";
import styles from "./settings-page.module.css";

const TONES = { ok: "good", warn: "warn", fail: "bad" } as const;

/** What runs here, whether it works, how much there is, and how it is set up. */
export function AboutPage() {
  const { t } = useTranslation("settings");
  const about = useQuery(aboutQuery);
  if (about.isError) return <Failed error={about.error} retry={() => void about.refetch()} />;
  if (about.isPending) return <Waiting />;
  const { version, python, database, blob_store, pack, parts, settings } = about.data;
  return (
    <>
      <Section title={`Kith ${version}`}>
        <p className={styles.facts}>
          <span>Python {python}</span>
          <span>{database}</span>
          <span>{t("about.storage", { kind: blob_store })}</span>
          <span>{pack === null ? t("about.noPack") : t("about.pack", { name: pack })}</span>
        </p>
      </Section>
      <Statistics />
      <Section title={t("about.parts")}>
        <Entries>
          {parts.map((it) => (
            <PartEntry key={it.name} part={it} />
          ))}
        </Entries>
      </Section>
      {settings.length > 0 && <SettingsInEffect settings={settings} />}
    </>
  );
}

function Statistics() {
  const { t, i18n } = useTranslation("settings");
  const statistics = useQuery(statisticsQuery);
  if (!statistics.data) return null;
  const { photos, faces, people, stored_bytes } = statistics.data;
  const shown = (count: number) => count.toLocaleString(i18n.language);
  const figures = [
    [t("about.photos"), shown(photos.total)],
    [t("about.faces"), shown(faces.total)],
    [t("about.confirmed"), shown(faces.confirmed)],
    [t("about.named"), shown(people.named)],
    [t("about.unnamed"), shown(people.unnamed)],
    [t("about.stored"), shownBytes(stored_bytes, i18n.language)],
  ];
  return (
    <Section title={t("about.statistics")}>
      <dl className={styles.figures}>
        {figures.map(([name, figure]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{figure}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function PartEntry({ part }: { part: Part }) {
  const { t } = useTranslation("settings");
  const { t: tCommon } = useTranslation();
  const wrong = part.code ? describeProblem(new Problem(part.code, 0, part.detail), tCommon) : part.detail;
  return (
    <Entry
      title={t(`about.part.${part.name}` as "about.part.disk", { defaultValue: part.name })}
      badge={<Badge tone={TONES[part.state]}>{t(`about.${part.state}`)}</Badge>}
    >
      {wrong && <p>{wrong}</p>}
    </Entry>
  );
}

function SettingsInEffect({ settings }: { settings: readonly Setting[] }) {
  const { t } = useTranslation("settings");
  return (
    <Section title={t("about.settings")} explain={t("about.settingsExplained")}>
      <Entries>
        {settings.map((it) => (
          <Entry key={it.name} title={<code>{it.name}</code>}>
            <p lang="en">{it.meaning}</p>
            <p className={styles.settings}>
              {it.is_secret || it.value === null ? (
                t(it.is_set ? "about.secretSet" : "about.unset")
              ) : (
                <code>{it.value}</code>
              )}
            </p>
          </Entry>
        ))}
      </Entries>
    </Section>
  );
}
