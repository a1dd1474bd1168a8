import { defineTexts } from '../text.ts';

/** Every text of the web view. */
export const webTexts = defineTexts({
  live: { en: 'Live', zh: '实时' },
});
