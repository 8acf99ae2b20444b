// What the pages say, read from the same files as the program reads: tests follow the words.
import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'smol-toml';

const LOCALES = new URL('../../app/locales/', import.meta.url);
const FALLBACK = 'en';
const languages = new Map();

for (const file of readdirSync(LOCALES)) {
  const [, language] = /^[a-z_]+\.([a-z]{2})\.toml$/.exec(file) ?? [];
  if (!language) continue;
  const { _version, ...areas } = parse(readFileSync(new URL(file, LOCALES), 'utf8'));
  languages.set(language, { ...languages.get(language), ...areas });
}

function find(language, key) {
  return key.split('.').reduce((words, part) => words?.[part], languages.get(language));
}

/** The words of a key, as `say!` in the program. */
export function say(language, key, values = {}) {
  const words = find(language, key) ?? find(FALLBACK, key);
  if (typeof words !== 'string') throw new Error(`no words for ${key}`);
  return words.replace(/%\{(\w+)\}/g, (_, name) => {
    if (values[name] === undefined) throw new Error(`${key} wants a value for ${name}`);
    return String(values[name]);
  });
}

/** The words of a key up to its first value, where a test does not know the value. */
export function beginning(language, key) {
  const words = find(language, key) ?? find(FALLBACK, key);
  return words.slice(0, words.indexOf('%{')).trim();
}

/** The words for a number of things, as `say_count` in the program. */
export function sayCount(language, key, count, values = {}) {
  const form = new Intl.PluralRules(language).select(count);
  return say(language, `${key}.${find(language, `${key}.${form}`) ? form : 'other'}`, { count, ...values });
}
