// The pages of those who operate the installation. Here they are told apart from everybody else; the server decides for
// itself.

import type { ComponentChildren } from 'preact';

import { PageTitle } from '../components/PageTitle';
import { session } from '../lib/app_state';
import { useSignedIn } from '../lib/visitor';
import { tell } from './words';

export function OperatorsOnly({ children }: { children: ComponentChildren }) {
  if (!useSignedIn()) return null;
  if (session.data?.kind === 'operator') return <>{children}</>;
  return (
    <div class="narrow">
      <PageTitle>{tell('admin.notYoursTitle')}</PageTitle>
      <p class="lead">{tell('admin.notYours')}</p>
    </div>
  );
}
