import { kindsOf, type SequenceStory } from '@causeway/testkit';
import { begun, DIAMOND, LOOKED_AGAIN, reasonsIn, sees, waited } from '../../spec/diamond';

describe('an attempt after the first', () => {
  const BUSY = { kind: 'not-applied', code: 'busy', message: 'locked', retriable: true, evidence: {} } as const;
  const tried = (takesMs: number): SequenceStory => {
    const story = begun({ roles: { target: 'idp' }, gateway: { target: 'edge' } });
    story.applied('roles');
    sees(story, 'roles');
    story.after(takesMs);
    story.result('gateway', BUSY);
    return story;
  };

  it('has a gate of its own, on the same evidence while that is new enough', () => {
    expect(kindsOf(tried(1_000).after(2_000))).toEqual(['gate-opened gateway', 'step-commanded gateway']);
  });

  it('waits for its needs to be shown again when they were seen too long ago', () => {
    const story = tried(60_000);
    expect(kindsOf(story.after(2_000))).toEqual(['probe-requested roles', 'gate-held gateway']);
    expect(kindsOf(story.after(1_000))).toEqual([]);
    expect(kindsOf(sees(story, 'roles', 'old'))).toEqual(['scope-withdrawn roles', 'gate-held gateway']);
    expect(kindsOf(story.after(1_000))).toEqual([]);
    expect(kindsOf(sees(story, 'roles'))).toEqual(['step-ready roles']);
    const facts = story.after(1_000);
    expect(facts).toMatchObject([{ kind: 'gate-opened' }, { kind: 'step-commanded', attempt: 2 }]);
    expect(story.state).toMatchObject({ holds: {} });
  });
});

describe('a gate that is held for several steps', () => {
  it('is held for the others alone once one of them is shown', () => {
    const story = begun();
    story.applied('roles');
    story.applied('gateway');
    sees(story, 'gateway', 'old');
    sees(story, 'roles', 'old');
    sees(story, 'roles');
    expect(story.state).toMatchObject({ holds: { flag: { because: [{ step: 'gateway' }] } } });
    expect(kindsOf(sees(story, 'gateway', 'old'))).toEqual([]);
  });
});

describe('while a step is looked at once more', () => {
  const again = (): SequenceStory => {
    const story = waited(60_000);
    sees(story, 'gateway');
    sees(story, 'gateway');
    return story;
  };

  it('a prober that says nothing is told as silence, and asked again after a minute', () => {
    const story = again();
    expect(kindsOf(story.after(9_000))).toEqual([]);
    expect(reasonsIn(story.after(1_000))).toMatchObject([{ step: 'roles', member: 'one', reason: 'stale' }]);
    expect(kindsOf(story.after(50_000))).toEqual(['probe-requested roles']);
  });

  it('it is overdue only when that itself takes too long', () => {
    const story = again();
    expect(kindsOf(story.after(599_000))).not.toContain('step-overdue roles');
    expect(kindsOf(story.after(1_000))).toContain('step-overdue roles');
  });

  it('gates that have opened before are held no more', () => {
    const shared = { ...DIAMOND, first: { target: 'idp', needs: ['roles'], with: { value: 'other' } } };
    const story = begun(shared);
    story.applied('roles');
    expect(kindsOf(sees(story, 'roles'))).toContain('step-commanded first');
    story.applied('gateway');
    story.after(60_000);
    expect(kindsOf(sees(story, 'gateway'))).toEqual(LOOKED_AGAIN);
  });

  it('opens first what can open on what is shown', () => {
    const after = { target: 'idp', needs: ['gateway'], with: { value: 'other' } };
    const story = begun({ ...DIAMOND, after: { ...after, target: 'edge' } });
    story.applied('roles');
    story.applied('gateway');
    sees(story, 'roles');
    story.after(60_000);
    expect(kindsOf(sees(story, 'gateway'))).toEqual([
      ...['step-ready gateway', 'gate-opened after', 'step-commanded after'],
      ...['probe-requested roles', 'probe-requested gateway', 'gate-held flag'],
    ]);
  });

  it('says nothing yet of a gate that waits for no more than what was shown just now', () => {
    const third = { target: 'idp', needs: ['roles'], with: { value: 'third' } };
    const story = begun({ ...DIAMOND, third, other: { target: 'edge', needs: ['gateway', 'third'] } });
    story.applied('roles');
    story.applied('gateway');
    sees(story, 'roles');
    story.applied('third');
    sees(story, 'third', 'third');
    story.after(60_000);
    expect(kindsOf(sees(story, 'gateway'))).toEqual(LOOKED_AGAIN);
  });

  it('two gates that need it wait for one look', () => {
    const story = begun({
      ...DIAMOND,
      other: { target: 'idp', needs: ['roles', 'gateway'], with: { value: 'other' } },
    });
    story.applied('roles');
    story.applied('gateway');
    sees(story, 'roles');
    story.after(60_000);
    const asked = kindsOf(sees(story, 'gateway')).filter((kind) => kind.startsWith('probe-requested'));
    expect(asked).toEqual(['probe-requested roles', 'probe-requested gateway']);
    sees(story, 'roles');
    const opened = kindsOf(sees(story, 'gateway')).filter((kind) => kind.startsWith('gate-opened'));
    expect(opened).toEqual(['gate-opened flag', 'gate-opened other']);
  });
});
