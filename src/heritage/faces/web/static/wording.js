// Every sentence comes from the page, where it is translated; here only its gaps are filled.

const language = document.documentElement.lang;
const numbers = new Intl.NumberFormat(language);
const times = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** `{name}` in `sentence` becomes `values.name`; numbers are written as the page's language does. */
export const say = (sentence, values = {}) =>
  sentence.replace(/\{(\w+)\}/g, (gap, name) => {
    const value = values[name] ?? gap;
    return typeof value === "number" ? numbers.format(value) : value;
  });

export const moment = (milliseconds) => times.format(milliseconds);
