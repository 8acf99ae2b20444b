// From the first link to an empty queue, and a second member let in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch } from './support/browser.mjs';
import { Person, WAYS } from './support/person.mjs';
import { Staff } from './support/staff.mjs';
import { startSuoja } from './support/suoja.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const [name, way] of Object.entries(WAYS)) {
  test(`a hotline is set up and a colleague is let in, ${name}`, async (t) => {
    const house = await startSuoja();
    t.after(() => house.stop());
    const visitor = await Person.arrives(browser, house, way);
    await visitor.open(`/${visitor.language}`);
    await visitor.heading('home.closed').waitFor();

    const first = await Staff.arrives(browser, house, way);
    await first.takesUp(house.firstLink, { name: 'Aino Administrator', address: 'aino@hotline.example' });
    const shares = await first.setsUp();
    assert.equal(new Set(shares).size, 3);
    await first.heading('console.nav.queue').waitFor();
    await first.sees('queue.empty.queue');

    await visitor.open(`/${visitor.language}`);
    await visitor.heading('home.title').waitFor();
    assert.equal(await visitor.page.locator('ul.doors > li').count(), 5);

    const link = await first.invites({ name: 'Otto Analyst', address: 'otto@hotline.example', role: 'analyst' });
    const second = await Staff.arrives(browser, house, way);
    await second.takesUp(link, { name: 'Otto Analyst', address: 'otto@hotline.example' });
    assert.equal(second.status, 403);
    await second.heading('sign_in.waiting.title').waitFor();

    await first.grants('Otto Analyst');
    await second.open(`/${second.language}/console`);
    await second.heading('console.nav.queue').waitFor();
    await second.signsOut();
    await second.signsIn();
    await second.heading('console.nav.queue').waitFor();

    // A link works once.
    await visitor.open(link);
    assert.equal(visitor.status, 404);
    await visitor.heading('welcome.ended.title').waitFor();

    for (const person of [visitor, first, second]) await person.leaves();
  });
}
