import { expect, test } from 'vitest';
import { renderPage, renderTable } from './table.ts';

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
