/// <reference lib="dom" />
/** Runs in the page: every text whose contrast with what is painted behind it is below the ratio. */
export function paleTexts(least: number): string[] {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const paint = canvas.getContext('2d', { willReadFrequently: true });
  if (!paint) return ['no canvas'];

  const rgba = (color: string, under: readonly number[]): number[] => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = `rgb(${under.join(' ')})`;
    paint.fillRect(0, 0, 1, 1);
    paint.fillStyle = color;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (color: readonly number[]): number => {
    const [red = 0, green = 0, blue = 0] = color.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Element): number[] => {
    const layers: string[] = [];
    for (let at: Element | null = element; at; at = at.parentElement) layers.push(getComputedStyle(at).backgroundColor);
    return layers.reduceRight<number[]>((under, color) => rgba(color, under), [255, 255, 255]);
  };

  const pale: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? '';
    const element = node.parentElement;
    if (!text || !element || element.closest('.sr-only, .stale, [disabled], [aria-disabled="true"], script, style'))
      continue;
    const style = getComputedStyle(element);
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || Number(style.opacity) < 1)
      continue;
    const under = behind(element);
    const [light = 0, dark = 0] = [luminance(rgba(style.color, under)), luminance(under)].toSorted((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < least) pale.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`);
  }
  return pale;
}
