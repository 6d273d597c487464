// In which language, locale and time zone pages are written for somebody, and on which day their week begins: kept with the person.

import { signal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

import { getSettings, setSettings } from '../api/people';
import type { PersonSettings } from '../api/types';
import { Button } from '../components/Button';
import { Facts } from '../components/Facts';
import { SelectField } from '../components/fields';
import { FormDialog } from '../components/FormDialog';
import { Section } from '../components/Section';
import { locale, zone } from '../i18n';
import { announce, session } from '../lib/app_state';
import type { Resource } from '../lib/resource';
import { useResource } from '../lib/use_resource';
import { say } from './words';

const LANGUAGES = ['en', 'de'];
const WEEK = [1, 2, 3, 4, 5, 6, 7];
/** A Sunday, of the year 2024. */
const SUNDAY = 7;
const LINES = 4;
const SAMPLE = 1234567.89;

const languageName = (tag: string): string => new Intl.DisplayNames(tag, { type: 'language', languageDisplay: 'standard' }).of(tag) ?? tag;
const localeName = (tag: string): string => `${languageName(tag)}: ${SAMPLE.toLocaleString(tag)}`;
const weekdayName = (day: number): string => new Date(Date.UTC(2024, 0, SUNDAY + day)).toLocaleDateString(locale(), { weekday: 'long', timeZone: 'UTC' });

const languageOf = ({ language, locale: tag }: PersonSettings): string | undefined => language ?? tag?.slice(0, 2);

/** How a choice is offered: what none comes to first. */
const offered = (none: string, values: readonly (string | number)[], name: (value: never) => string) =>
  [{ value: '', label: none }, ...values.map((value) => ({ value: String(value), label: name(value as never) }))];

function EditDialog({ known, of, onClose }: { known: PersonSettings; of: Resource<PersonSettings>; onClose: () => void }) {
  const chosen = useMemo(() => ({
    language: signal(known.language ?? ''), locale: signal(known.locale ?? ''), timeZone: signal(known.timeZone ?? ''), firstWeekday: signal(String(known.firstWeekday ?? '')),
  }), []);
  const { language } = chosen;
  const zones = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), ...(known.timeZone ? [known.timeZone] : [])])];
  const save = async (): Promise<void> => {
    const textOf = (name: keyof typeof chosen): string | null => chosen[name].value || null;
    const own = textOf('locale');
    const now = await setSettings({
      language: textOf('language'), locale: own?.startsWith(language.value) ? own : null, timeZone: textOf('timeZone'), firstWeekday: Number(textOf('firstWeekday')) || null,
    });
    // The server writes the document's words: in another language it is another document.
    if (languageOf(now) !== languageOf(known)) location.reload();
    of.set(now);
    await session.load();
    onClose();
    announce(say('settings.saved'));
  };
  return (
    <FormDialog title={say('settings.title')} confirm={say('settings.save')} onClose={onClose} work={save}>
      <SelectField label={say('settings.language')} value={language} options={offered(say('settings.browser'), LANGUAGES, languageName)} />
      <SelectField label={say('settings.locale')} hint={say('settings.localeHint')} value={chosen.locale} options={offered(say('settings.browser'), known.locales.filter((tag) => tag.startsWith(language.value)), localeName)} />
      <SelectField label={say('settings.zone')} hint={say('settings.zoneHint')} value={chosen.timeZone} options={offered(say('settings.account', { zone: known.accountTimeZone ?? 'UTC' }), zones, String)} />
      <SelectField label={say('settings.weekday')} value={chosen.firstWeekday} options={offered(say('settings.ofLocale'), WEEK, weekdayName)} />
    </FormDialog>
  );
}

export function SettingsSection() {
  const settings = useResource(getSettings);
  const isOpen = useSignal(false);
  return (
    <Section title={say('settings.title')} of={settings} lines={LINES}>
      {(known) => (
        <>
          <Facts rows={[
            [say('settings.language'), known.language ? languageName(known.language) : say('settings.browser')],
            [say('settings.locale'), known.locale ? localeName(known.locale) : say('settings.browser')],
            [say('settings.zone'), known.timeZone ?? say('settings.account', { zone: zone() })],
            [say('settings.weekday'), weekdayName(session.data?.firstWeekday ?? 1)],
          ]} />
          <p class="hint">{say('settings.hint')}</p>
          {session.data?.kind !== 'impersonation' && <div class="actions"><Button onPress={() => { isOpen.value = true; }}>{say('settings.edit')}</Button></div>}
          {isOpen.value && <EditDialog known={known} of={settings} onClose={() => { isOpen.value = false; }} />}
        </>
      )}
    </Section>
  );
}
