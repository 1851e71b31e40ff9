import { canonical, familiar, referenceReasons, tryReference, withDefaultTag, type Reference } from '@waybill/contract';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { useI18n } from 'vue-i18n';

/** A reference taken apart for the four fields of a label. */
export interface ReferenceFields {
  registry: string;
  namespace: string;
  repository: string;
  tag: string | null;
  digest: string | null;
}

function fieldsOf(reference: Reference): ReferenceFields {
  const cut = reference.repository.lastIndexOf('/');
  return {
    registry: reference.registry,
    namespace: cut < 0 ? '' : reference.repository.slice(0, cut),
    repository: reference.repository.slice(cut + 1),
    tag: reference.tag,
    digest: reference.digest,
  };
}

/** A reference as it is typed: its parts, whether `latest` was put in, or a sentence that says what is wrong with it. */
export function useReferenceText(text: MaybeRefOrGetter<string>) {
  const { t } = useI18n();
  const read = computed(() => tryReference(toValue(text)));
  const empty = computed(() => !toValue(text).trim());
  const reference = computed(() => (read.value.ok ? withDefaultTag(read.value.reference) : null));
  const latestImplied = computed(() => read.value.ok && !read.value.reference.tag && !read.value.reference.digest);
  const error = computed(() => {
    if (read.value.ok || empty.value) return null;
    const reason = referenceReasons.find((one) => !read.value.ok && one === read.value.error.extra?.['reason']);
    return t(`reference.why.${reason ?? 'form'}`);
  });
  return {
    reference,
    fields: computed(() => (reference.value ? fieldsOf(reference.value) : null)),
    /** As docker writes it, with the tag. */
    familiar: computed(() => (reference.value ? familiar(reference.value) : null)),
    canonical: computed(() => (reference.value ? canonical(reference.value) : null)),
    latestImplied,
    empty,
    error,
  };
}

/** One spelling for each reference, to compare by; a text that is none stays as it is. */
export function canonicalText(text: string): string {
  const read = tryReference(text);
  return read.ok ? canonical(withDefaultTag(read.reference)) : text;
}
