/** How much a field says about a person, from least to most. */
export const privacyClasses = ['public', 'pseudonymous', 'personal'] as const;
export type PrivacyClass = (typeof privacyClasses)[number];

/** The class of every field of a record, by its path (`*` stands for any list index). */
export type PrivacyTable<T> = { readonly [K in keyof T]-?: PrivacyClass };

/** Whether a field of class `field` may enter an output that may carry up to `ceiling`. */
export const mayCarry = (ceiling: PrivacyClass, field: PrivacyClass): boolean =>
  privacyClasses.indexOf(field) <= privacyClasses.indexOf(ceiling);
