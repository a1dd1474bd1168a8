import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/base/fault.ts';
import { seededRandom } from '../../src/base/random.ts';
import { attribute, childOf, childrenOf, numberOf, readXml } from '../../src/mapimport/xml.ts';

const why = (text: string): string => {
  try {
    readXml(text, 'map.xodr');
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.message;
    throw thrown;
  }
  return 'taken';
};

describe('the XML of maps', () => {
  test('elements, attributes in both quotes, text, CDATA, comments and instructions are read', () => {
    const root = readXml(
      '\ufeff<?xml version="1.0"?>\n<!-- a > b --><a x="1" y=\'&lt;&#65;&#x42;"\'>\n'
      + '<b/>te<!-- no -->xt &amp; <![CDATA[<raw> & ]]><b n="2.5"></b >\n</a>\n', 'f');
    expect(root.name).toBe('a');
    expect([...root.attributes]).toEqual([['x', '1'], ['y', '<AB"']]);
    expect(childrenOf(root, 'b').map(({ line }) => line)).toEqual([3, 3]);
    expect(root.text.trim()).toBe('text & <raw> &');
    expect(numberOf(childrenOf(root, 'b')[1], 'n')).toBe(2.5);
    expect(numberOf(root, 'absent', 7)).toBe(7);
    expect(attribute(childOf(root, 'absent'), 'x')).toBe('');
  });

  test('document types and entities are refused before anything expands (F28)', () => {
    const bomb = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><lolz>&lol2;</lolz>';
    expect(why(bomb)).toContain('line 1: a document type or mark that is not taken');
    expect(why('<a>&lol;</a>')).toContain('unknown entity &lol;');
    expect(why('<a x="&xxe;"/>')).toContain('unknown entity &xxe;');
    expect(why('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>')).toContain('document type');
    expect(why('<a>&#0;</a>')).toContain('unknown entity');
  });

  test('what is no XML is refused with its line', () => {
    const rows = [
      ['<a>\n<b></a>', 'line 2: an end tag that closes nothing: a'],
      ['<a>', 'the file ends too early'],
      ['', 'the file ends too early'],
      ['<a/><b/>', 'text or elements outside the root'],
      ['x<a/>', 'text or elements outside the root'],
      ['<a x="1" x="2"/>', 'a bad or doubled attribute at x'],
      ['<a x=1/>', 'a bad or doubled attribute at x'],
      ['<a x="<"/>', 'a bad or doubled attribute at x'],
      ['<a x="1"y="2"/>', 'a bad or doubled attribute at y'],
      ['< a/>', 'an element without a name'],
      ['<a', 'a bad or doubled attribute at a'],
      ['<a></b>', 'closes nothing: b'],
      ['</a>', 'closes nothing: a'],
      [`${'<a>'.repeat(70)}`, 'more than 64'],
      [`<a x="${'&amp;'.repeat(200_001)}"/>`, 'more than 1000000'],
      [`<a>${'&amp;'.repeat(200_001)}</a>`, 'more than 1000000'],
    ] as const;
    for (const [text, expected] of rows) expect(why(text), text).toContain(expected);
  });

  test('20,000 mangled files are read or refused with a fault, never anything else', () => {
    const random = seededRandom('xml');
    const whole = '<?xml version="1.0"?><a x="1"><b y=\'2\'>t&amp;u<![CDATA[v]]></b><!-- c --><c/></a>';
    let refused = 0;
    for (let round = 0; round < 20_000; round++) {
      let text = whole;
      for (let cut = 0; cut <= random.below(3); cut++) {
        const at = random.below(text.length);
        const letter = '<>/="\'&;!-[]? a'[random.below(15)]!;
        text = text.slice(0, at) + (random.below(2) ? letter : '') + text.slice(at + random.below(3));
      }
      if (why(text) !== 'taken') refused++;
    }
    expect(refused).toBeGreaterThan(8000);
    expect(refused).toBeLessThan(20_000);
  });
});
