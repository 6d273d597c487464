// Who acts for the customer. Owners invite, change roles and remove; the others see.

import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo } from 'preact/hooks';

import { changeRole, getMembers, inviteMember, removeMember } from '../../api/people';
import type { Invitation, Member, Role } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { ProblemNote } from '../../components/ProblemNote';
import { Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { locale } from '../../i18n';
import { useAction, type Action } from '../../lib/action';
import { announce, noteSession, session } from '../../lib/app_state';
import { mayChangeMembers } from '../../lib/may';
import { resource, type Resource } from '../../lib/resource';
import { Field, Form } from '../../components/Form';
import { say } from '../../people/words';
import type { Members } from '../../api/types';

const ROLES = ['owner', 'billing_admin', 'viewer'] as const;
const EMAIL_LENGTH_MAX = 254;

const roleName = (role: Role): string => say(`members.role.${role}`);

/** Whoever the platform sends without saying who of the customer's people it is has no name here. */
const nameOf = (member: Member): string => member.name ?? member.email ?? say('members.fromPlatform');

function RoleChoice({ label, value, onChange }: { label: string; value: Role; onChange: (role: Role) => void }) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value as Role)}>
      {ROLES.map((role) => <option key={role} value={role}>{roleName(role)}</option>)}
    </select>
  );
}

interface RowProps {
  member: Member;
  mayChange: boolean;
  onRole: (role: Role) => void;
  onRemove: () => void;
}

function MemberRow({ member, mayChange, onRole, onRemove }: RowProps) {
  const name = nameOf(member);
  const isMe = member.id === session.data?.personId;
  return (
    <li class="row">
      <div>
        <p class="row-name">{name} {isMe && <Badge tone="good">{say('members.you')}</Badge>}</p>
        <p class="hint">
          {member.email !== null && member.email !== name && <>{member.email} · </>}
          {say(member.hasPasskey || member.hasTotp ? 'members.factors' : 'members.noFactors')}
        </p>
      </div>
      {mayChange ? (
        <div class="row-actions-of">
          <RoleChoice label={say('members.roleOf', { name })} value={member.role} onChange={onRole} />
          <Button look="quiet" label={say('members.removeLabel', { name })} onPress={onRemove}>{say('remove')}</Button>
        </div>
      ) : <Badge tone="neutral">{roleName(member.role)}</Badge>}
    </li>
  );
}

function InvitationRow({ of, onWithdraw }: { of: Invitation; onWithdraw: (() => void) | undefined }) {
  return (
    <li class="row">
      <div>
        <p class="row-name">{of.email}</p>
        <p class="hint">{roleName(of.role)} · {say('members.invitedUntil', { date: formatDate(of.expiresAt, locale()) })}</p>
      </div>
      {onWithdraw && <Button look="quiet" label={say('members.withdrawLabel', { name: of.email })} onPress={onWithdraw}>{say('members.withdraw')}</Button>}
    </li>
  );
}

function InviteForm({ members }: { members: Resource<Members> }) {
  const email = useSignal('');
  const role = useSignal<Role>('billing_admin');
  const action = useAction();
  const roleId = useId();
  const invite = async (): Promise<void> => {
    const to = email.value.trim();
    await inviteMember(to, role.value);
    email.value = '';
    announce(say('members.invited', { email: to }));
    await members.load();
  };
  return (
    <>
      <h3>{say('members.inviteTitle')}</h3>
      <Form action={action} work={invite} submit={say('members.invite')} look="plain">
        <Field label={say('email')} value={email} type="email" inputMode="email" autoComplete="off" maxLength={EMAIL_LENGTH_MAX} minLength={3} hint={say('members.inviteHint')} />
        <div class="form-field">
          <label class="field" for={roleId}>{say('members.role')}</label>
          <select id={roleId} value={role.value} onChange={(event) => { role.value = event.currentTarget.value as Role; }}>
            {ROLES.map((name) => <option key={name} value={name}>{roleName(name)}</option>)}
          </select>
        </div>
      </Form>
    </>
  );
}

function List({ of, members, action }: { of: Members; members: Resource<Members>; action: Action }) {
  const mayChange = mayChangeMembers();
  const change = (work: () => Promise<void>, words: string): void =>
    void action.run(async () => {
      try {
        await work();
        announce(words);
      } finally {
        // Also after a refusal: the choice of a role must show what holds.
        await members.load();
      }
    });
  return (
    <ul class="rows">
      {of.data.map((member) => (
        <MemberRow
          key={`${member.id} ${member.role} ${action.problem.value?.requestId ?? ''}`}
          member={member}
          mayChange={mayChange}
          onRole={(role) => change(() => changeRole(member.id, role), say('members.roleChanged', { name: nameOf(member), role: roleName(role) }))}
          onRemove={() => change(() => removeMember(member.id), say('members.removed', { name: nameOf(member) }))}
        />
      ))}
      {of.invitations.map((item) => (
        <InvitationRow
          key={item.id}
          of={item}
          onWithdraw={mayChange ? () => change(() => removeMember(item.id), say('members.removed', { name: item.email })) : undefined}
        />
      ))}
    </ul>
  );
}

export function MembersSection() {
  const members = useMemo(() => resource(getMembers, noteSession), []);
  const action = useAction();
  useEffect(() => void members.load(), []);
  return (
    <Section title={say('members.title')} of={members} lines={2} className="members">
      {(data) => (
        <>
          <p class="muted">{say('members.text')}</p>
          <List of={data} members={members} action={action} />
          {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
          {mayChangeMembers() ? <InviteForm members={members} /> : <p class="hint">{say('members.readOnly')}</p>}
        </>
      )}
    </Section>
  );
}
