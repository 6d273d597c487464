// /billing/settings: whom invoices are made out to, the numbers with tax offices on them, and who may see or change it all.

import { later } from '../../components/later';
import { PageTitle } from '../../components/PageTitle';
import { useMember } from '../../lib/visitor';
import { ReadOnlyNote } from '../../paying/ReadOnlyNote';
import { say } from '../../paying/words';
import { DetailsSection } from './DetailsSection';
import { TaxIdsSection } from './TaxIdsSection';

const SettingsSection = later(async () => (await import('../../people/aside')).SettingsSection);

const MembersSection = later(async () => (await import('./MembersSection')).MembersSection);

export default function SettingsPage() {
  if (!useMember()) return null;
  return (
    <div class="narrow wide">
      <PageTitle>{say('settings.title')}</PageTitle>
      <p class="lead">{say('settings.lead')}</p>
      <ReadOnlyNote />
      <DetailsSection />
      <TaxIdsSection />
      <p class="hint">{say('currency')}</p>
      <SettingsSection />
      <MembersSection />
    </div>
  );
}
