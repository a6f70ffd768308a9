import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Agenda } from '../../../sandbox/region/agenda.ts';

describe('the agenda', () => {
  it('runs what is due in order of time, then of addition', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: 0, max: 20 }), (delays, until) => {
        const agenda = new Agenda(0);
        const ran: number[] = [];
        delays.forEach((delay, index) => {
          agenda.after(delay, () => {
            expect(agenda.now).toBe(delay);
            ran.push(index);
          });
        });
        agenda.runUntil(until);
        const due = delays.map((delay, index) => ({ delay, index })).filter(({ delay }) => delay <= until);
        const expected = due.sort((a, b) => a.delay - b.delay || a.index - b.index).map(({ index }) => index);
        expect(ran).toEqual(expected);
        expect(agenda.size).toBe(delays.length - expected.length);
        expect(agenda.now).toBe(until);
      }),
    );
  });

  it('runs at once what an event adds for the same time, and never goes back', () => {
    const agenda = new Agenda(100);
    const ran: string[] = [];
    agenda.after(10, () => {
      ran.push('first');
      agenda.after(0, () => ran.push(`second at ${agenda.now}`));
    });
    agenda.runUntil(200);
    agenda.runUntil(150);
    expect(ran).toEqual(['first', 'second at 110']);
    expect(agenda.now).toBe(200);
  });
});
