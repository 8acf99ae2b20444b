// Two ways to work a page: pointing at things, and the keyboard alone.
import assert from 'node:assert/strict';

/** A mouse or a finger. */
export const pointing = () => ({
  press: (control) => control.click(),
  type: (field, text) => field.fill(text),
  choose: (option) => option.check(),
  pick: (list, value) => list.selectOption(value),
  files: (input, files) => input.setInputFiles(files),
});

/** Further than any page has stops. */
const FAR = 300;

/** Tab, arrows, Enter and Space; what Tab does not reach does not exist. */
export const keyboard = (page) => {
  const keys = page.keyboard;
  // The browser takes a moment to hand its file chooser over: it is asked before anybody needs one.
  page.on('filechooser', () => {});
  const hasFocus = (control) => control.evaluate((element) => element === document.activeElement);

  async function reach(control) {
    await control.waitFor({ state: 'attached' });
    for (let stops = 0; stops < FAR; stops += 1) {
      if (await hasFocus(control)) return;
      await keys.press('Tab');
    }
    assert.fail(`Tab does not reach ${control}`);
  }

  /** Of radio buttons, Tab reaches one; arrows go on from there. */
  async function reachRadio(radio) {
    const isNear = () => radio.evaluate((element) => document.activeElement.name === element.name && document.activeElement.type === 'radio');
    for (let stops = 0; stops < FAR && !(await isNear()); stops += 1) await keys.press('Tab');
    for (let steps = 0; steps < FAR; steps += 1) {
      if (await hasFocus(radio)) return;
      await keys.press('ArrowDown');
    }
    assert.fail(`no key reaches ${radio}`);
  }

  return {
    async press(control) {
      await reach(control);
      await keys.press('Enter');
    },
    async type(field, text) {
      await reach(field);
      await keys.press('Control+A');
      await (text === '' ? keys.press('Delete') : keys.insertText(text));
    },
    async choose(option) {
      await option.waitFor({ state: 'attached' });
      const isRadio = await option.evaluate((element) => element.type === 'radio');
      await (isRadio ? reachRadio(option) : reach(option));
      if (!(await option.isChecked())) await keys.press('Space');
      assert.ok(await option.isChecked(), `${option} does not take the keys`);
    },
    async pick(list, value) {
      await reach(list);
      const words = await list.locator(`option[value="${value}"]`).evaluate((option) => option.label);
      await keys.type(words);
      assert.equal(await list.inputValue(), value, 'typing the words of an option chooses it');
    },
    async files(input, files) {
      await reach(input);
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), keys.press('Enter')]);
      await chooser.setFiles(files);
    },
  };
};
