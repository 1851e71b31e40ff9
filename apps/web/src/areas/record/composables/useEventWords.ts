import type { AuditEvent } from '@waybill/contract';
import { useI18n } from 'vue-i18n';
import { codeKey } from '../../../shared/format/code-key.js';
import { shortDigest } from '../../../shared/format/short-digest.js';
import type { ShownActor } from '../../../shared/parts/actor.js';
import { useRegistries } from '../../../shared/registries/useRegistries.js';

function text(value: unknown): string | null {
  return typeof value === 'string' && value ? value : null;
}

/** The user name of a login that an event is about: it stands among the changes, or by itself. */
function loginOf({ details }: AuditEvent): string | null {
  const changes = Array.isArray(details['changes']) ? details['changes'] : [];
  const named = changes.find(
    (one) => typeof one === 'object' && one !== null && !Array.isArray(one) && one['field'] === 'username',
  );
  const after = typeof named === 'object' && named !== null && !Array.isArray(named) ? text(named['after']) : null;
  return after ?? text(details['username']);
}

/** What an event's sentence is made of. */
export function useEventWords() {
  const words = useI18n();
  const { registries, nameOf } = useRegistries();

  function actorOf({ actor, personal }: AuditEvent): ShownActor {
    return { ...actor, name: personal?.actorName ?? personal?.attemptedName ?? null };
  }

  /** A change of a password alone names the login by its id; what it is called stands with its registry, while it is there. */
  function loginHere(id: unknown): string | null {
    const logins = registries.value.flatMap(({ credentials }) => credentials);
    return logins.find((one) => one.id === id)?.username ?? null;
  }

  /** What was done something to, where it has no image reference. */
  function whatOf(event: AuditEvent): string | null {
    const { action, personal, target, details } = event;
    if (action === 'access.denied') {
      const key = `permission.${codeKey(text(details['permission']) ?? '')}`;
      return words.te(key) ? words.t(key) : (text(details['route']) ?? text(details['path']));
    }
    if (action.startsWith('rule.')) return text(details['name']);
    if (action.startsWith('credential.')) return loginOf(event) ?? loginHere(details['credentialId']);
    if (action.startsWith('registry.') && target?.registry) return nameOf(target.registry);
    // An image that was meant by its id has no name on record.
    if (target?.imageId) return shortDigest(target.imageId);
    return personal?.subjectName ?? null;
  }

  const placeOf = ({ target }: AuditEvent): string | null => (target?.registry ? nameOf(target.registry) : null);

  return { actorOf, whatOf, placeOf, nameOf };
}
