import { familiarName, tryReference, type Image } from '@waybill/contract';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { canonicalText } from '../../../shared/reference/useReferenceText.js';
import { useImages } from '../../../shared/images/useImages.js';

/** The image that a name or an id means on the engine, and how many tags its repository has there. */
export function useSource(engine: MaybeRefOrGetter<string>, source: MaybeRefOrGetter<string>) {
  const { data, isPending } = useImages(engine);
  const image = computed<Image | null>(() => {
    const text = toValue(source);
    const wanted = canonicalText(text);
    return data.value?.find(({ id, tags }) => id === text || tags.some((tag) => canonicalText(tag) === wanted)) ?? null;
  });
  const tagCount = computed(() => {
    const read = tryReference(toValue(source));
    if (!read.ok) return 0;
    const name = familiarName(read.reference);
    return (data.value ?? []).flatMap(({ tags }) => tags).filter((tag) => tag.slice(0, tag.lastIndexOf(':')) === name)
      .length;
  });
  return { image, tagCount, missing: computed(() => !isPending.value && toValue(source) !== '' && !image.value) };
}
