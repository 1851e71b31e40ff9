import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export type ImageDialog = 'pull' | 'push' | 'tag' | 'remove' | 'removeAll' | 'prune';
const dialogs: readonly ImageDialog[] = ['pull', 'push', 'tag', 'remove', 'removeAll', 'prune'];

/** Dialogs stand in the address (`?dialog=push&reference=…`), so that any page and the palette can open them by a link. */
export function useImageDialogs() {
  const route = useRoute();
  const router = useRouter();
  const dialog = computed(() => dialogs.find((one) => one === route.query['dialog']) ?? null);
  const references = computed(() => {
    const given = route.query['reference'];
    return (Array.isArray(given) ? given : [given]).filter((one): one is string => Boolean(one));
  });

  async function show(next: ImageDialog, ...names: readonly string[]): Promise<void> {
    await router.push({ query: { ...route.query, dialog: next, reference: [...names] } });
  }
  const open = computed({
    get: () => dialog.value !== null,
    set: (value: boolean) => {
      if (value) return;
      void router.replace({ query: { ...route.query, dialog: undefined, reference: undefined } });
    },
  });

  return { dialog, references, open, show };
}
