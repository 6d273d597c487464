// The parts of the security page about what proves a person: passkeys, the app, recovery codes, the password.

import { useSignal } from '@preact/signals';

import { makeRecoveryCodes, removePasskey, removeTotp, renamePasskey, setPassword } from '../../api/people';
import type { Me, Passkey } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { ProblemNote } from '../../components/ProblemNote';
import { Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { locale, t } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import type { Resource } from '../../lib/resource';
import { AddApp } from '../../people/AddApp';
import { AddPasskey, NAME_LENGTH_MAX } from '../../people/AddPasskey';
import { Field, Form } from '../../components/Form';
import { RecoveryCodes } from '../../people/RecoveryCodes';
import { say } from '../../people/words';

interface Props {
  me: Resource<Me>;
  /** Shown to who may change nothing. */
  isLocked: boolean;
}

const PASSWORD_LENGTH_MIN = 12;
const PASSWORD_LENGTH_MAX = 128;

interface RemoveProps {
  title: string;
  text: string;
  /** Where it is not called removing. */
  submit?: string;
  work: () => Promise<void>;
  onClose: () => void;
}

export function RemoveDialog({ title, text, submit = say('remove'), work, onClose }: RemoveProps) {
  const { busy, problem, run } = useAction();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      locked={busy.value}
      footer={
        <>
          <Button onPress={onClose} disabled={busy.value}>{t('common.cancel')}</Button>
          <Button look="danger" busy={busy.value} onPress={() => void run(work)}>{submit}</Button>
        </>
      }
    >
      <p>{text}</p>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </Dialog>
  );
}

function RenameForm({ passkey, onDone, onCancel }: { passkey: Passkey; onDone: () => Promise<void>; onCancel: () => void }) {
  const name = useSignal(passkey.name);
  const action = useAction();
  const save = async (): Promise<void> => {
    await renamePasskey(passkey, name.value.trim());
    await onDone();
  };
  return (
    <Form action={action} work={save} submit={say('passkeys.saveName')} look="plain" aside={<Button look="quiet" onPress={onCancel}>{t('common.cancel')}</Button>}>
      <Field label={say('passkeys.name')} value={name} autoComplete="off" maxLength={NAME_LENGTH_MAX} hint={say('passkeys.nameHint')} />
    </Form>
  );
}

interface PasskeyRowProps {
  passkey: Passkey;
  /** Undefined for who may change nothing. */
  onRemove: (() => void) | undefined;
  onRenamed: () => Promise<void>;
}

function PasskeyRow({ passkey, onRemove, onRenamed }: PasskeyRowProps) {
  const isNaming = useSignal(false);
  const made = say('passkeys.made', { date: formatDate(passkey.createdAt, locale()) });
  return (
    <li class="row">
      {isNaming.value && (
        <RenameForm
          passkey={passkey}
          onDone={async () => {
            isNaming.value = false;
            await onRenamed();
          }}
          onCancel={() => { isNaming.value = false; }}
        />
      )}
      <div hidden={isNaming.value}>
        <p class="row-name">{passkey.name}</p>
        <p class="hint">{made}{passkey.usedAt && <> · {say('passkeys.used', { date: formatDate(passkey.usedAt, locale()) })}</>}</p>
      </div>
      {onRemove && !isNaming.value && (
        <div class="actions">
          <Button look="quiet" label={say('passkeys.renameLabel', { name: passkey.name })} onPress={() => { isNaming.value = true; }}>{say('passkeys.rename')}</Button>
          <Button look="quiet" label={say('passkeys.removeLabel', { name: passkey.name })} onPress={onRemove}>{say('remove')}</Button>
        </div>
      )}
    </li>
  );
}

export function PasskeysSection({ me, isLocked }: Props) {
  const removing = useSignal<Passkey | null>(null);
  const isAdding = useSignal(false);
  const added = async (): Promise<void> => {
    isAdding.value = false;
    announce(say('passkeys.added'));
    await me.load();
  };
  const remove = async (passkey: Passkey): Promise<void> => {
    await removePasskey(passkey);
    removing.value = null;
    announce(say('passkeys.removed', { name: passkey.name }));
    await me.load();
  };
  const renamed = async (): Promise<void> => {
    announce(say('passkeys.renamed'));
    await me.load();
  };
  const gone = removing.value;
  return (
    <>
      <Section title={say('passkeys.title')} of={me} lines={2}>
        {({ passkeys }) => (
          <>
            <p class="muted">{say(passkeys.length === 0 ? 'passkeys.none' : 'passkeys.text')}</p>
            <ul class="rows">
              {passkeys.map((passkey) => (
                <PasskeyRow
                  key={passkey.id}
                  passkey={passkey}
                  onRemove={isLocked ? undefined : () => { removing.value = passkey; }}
                  onRenamed={renamed}
                />
              ))}
            </ul>
            {!isLocked && isAdding.value && <AddPasskey onDone={() => void added()} />}
            {!isLocked && !isAdding.value && (
              <div class="actions"><Button onPress={() => { isAdding.value = true; }}>{say('passkeys.another')}</Button></div>
            )}
          </>
        )}
      </Section>
      {gone && (
        <RemoveDialog
          title={say('passkeys.removeTitle', { name: gone.name })}
          text={say('passkeys.removeText')}
          work={() => remove(gone)}
          onClose={() => { removing.value = null; }}
        />
      )}
    </>
  );
}

export function AppSection({ me, isLocked }: Props) {
  const isRemoving = useSignal(false);
  const added = async (): Promise<void> => {
    announce(say('app.added'));
    await me.load();
  };
  const remove = async (): Promise<void> => {
    await removeTotp();
    isRemoving.value = false;
    announce(say('app.removed'));
    await me.load();
  };
  return (
    <>
      <Section
        title={say('app.title')}
        of={me}
        lines={1}
        aside={({ hasTotp }) => <Badge tone={hasTotp ? 'good' : 'neutral'}>{say(hasTotp ? 'state.on' : 'state.off')}</Badge>}
      >
        {({ hasTotp }) => (
          <>
            <p class="muted">{say(hasTotp ? 'app.text' : 'app.none')}</p>
            {!isLocked && hasTotp && <div class="actions"><Button onPress={() => { isRemoving.value = true; }}>{say('app.remove')}</Button></div>}
            {!isLocked && !hasTotp && <AddApp look="plain" onDone={() => void added()} />}
          </>
        )}
      </Section>
      {isRemoving.value && (
        <RemoveDialog title={say('app.removeTitle')} text={say('app.removeText')} work={remove} onClose={() => { isRemoving.value = false; }} />
      )}
    </>
  );
}

export function CodesSection({ me, isLocked }: Props) {
  const codes = useSignal<string[] | null>(null);
  const action = useAction();
  const make = async (): Promise<void> => {
    codes.value = await makeRecoveryCodes();
  };
  const kept = (): void => {
    codes.value = null;
    void me.load();
  };
  return (
    <Section title={say('codes.title')} of={me} lines={1}>
      {({ recoveryCodesLeft }) =>
        codes.value ? <RecoveryCodes codes={codes.value} onDone={kept} /> : (
          <>
            <p class="muted">{recoveryCodesLeft === 0 ? say('codes.none') : say('codes.left', { count: recoveryCodesLeft })}</p>
            {!isLocked && (
              <div class="actions">
                <Button busy={action.busy.value} onPress={() => void action.run(make)}>{say(recoveryCodesLeft === 0 ? 'codes.make' : 'codes.remake')}</Button>
              </div>
            )}
            {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
          </>
        )
      }
    </Section>
  );
}

export function PasswordSection({ me, isLocked }: Props) {
  const password = useSignal('');
  const action = useAction();
  const save = async (): Promise<void> => {
    await setPassword(password.value);
    password.value = '';
    announce(say('password.saved'));
    await me.load();
  };
  return (
    <Section
      title={say('password.title')}
      of={me}
      lines={1}
      aside={({ hasPassword }) => <Badge tone={hasPassword ? 'good' : 'neutral'}>{say(hasPassword ? 'state.on' : 'state.off')}</Badge>}
    >
      {({ hasPassword }) => (
        <>
          <p class="muted">{say('password.text')}</p>
          {!isLocked && (
            <Form action={action} work={save} submit={say(hasPassword ? 'password.change' : 'password.choose')} look="plain">
              <Field
                label={say('password.new')}
                value={password}
                type="password"
                autoComplete="new-password"
                minLength={PASSWORD_LENGTH_MIN}
                maxLength={PASSWORD_LENGTH_MAX}
                hint={say('password.hint')}
              />
            </Form>
          )}
        </>
      )}
    </Section>
  );
}
