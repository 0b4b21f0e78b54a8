import { expect, test } from 'vitest';
import { captureIo } from '../testkit/captured-io.ts';
import { printAnswer } from './print.ts';
import { renderPage, renderTable } from './table.ts';
import type { View } from './view.ts';

test('a table aligns its columns and leaves no blanks at the end of a line', () => {
  expect(
    renderTable(
      ['A', 'Long title'],
      [
        ['wide cell', ''],
        ['x', 'y'],
      ],
    ),
  ).toBe('A           Long title\nwide cell\nx           y\n');
});

test('a page aligns its values and leaves out what has none', () => {
  expect(
    renderPage([
      ['Name', 'n'],
      ['Empty', ''],
      ['Longer', 'v'],
    ]),
  ).toBe('Name:     n\nLonger:   v\n');
});

test('free text stands last in a table, and where it belongs on the page of one thing', async () => {
  const view: View = {
    columns: [
      { title: 'About', wide: true, value: () => 'a long story' },
      { title: 'ID', value: () => 'k1' },
    ],
  };
  const table = captureIo();
  await printAnswer([{}], view, 'table', table);
  expect(table.stdout()).toBe('ID   About\nk1   a long story\n');
  const page = captureIo();
  await printAnswer({}, view, 'table', page);
  expect(page.stdout()).toMatch(/^About:.*\nID:/);
});
