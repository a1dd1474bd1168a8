/**
 * Characters that a terminal obeys instead of showing them: controls, and the marks that turn the
 * direction of text. Tab and line end are left to the caller.
 */
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const escaped = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text of devices and files as it may go to a terminal. In JSON it stays JSON of the same value. */
export const visible = (text: string): string => text.replace(hidden, escaped);
