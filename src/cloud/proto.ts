import { cityBodies, cityTables } from './schema.ts';
import type { Row, ScalarType, Table } from './schema.ts';

const scalars: Readonly<Record<ScalarType, string>> = {
  Long: 'int64',
  Integer: 'int32',
  Double: 'double',
  String: 'string',
  Boolean: 'bool',
  ENUMERATED: 'int32',
};

const enumName = (name: string): string => `${name[0]!.toUpperCase()}${name.slice(1)}`;

function rowLines([number, name, presence, type]: Row): readonly string[] {
  const optional = presence === 'O' ? 'optional ' : '';
  if (type === 'reserved') return [`  reserved ${number}; // ${name}: its element is not defined`];
  if (typeof type === 'string') return [`  ${optional}${scalars[type]} ${name} = ${number};`];
  if ('words' in type) {
    return [
      `  enum ${enumName(name)} {`,
      ...type.words.map((word, index) => `    ${word} = ${index};`),
      '  }',
      `  ${optional}${enumName(name)} ${name} = ${number};`,
    ];
  }
  if ('one' in type) return [`  ${optional}${type.one.name} ${name} = ${number};`];
  const item = typeof type.list === 'string' ? scalars[type.list] : type.list.name;
  return [`  repeated ${item} ${name} = ${number};`];
}

function messageText(table: Table): string {
  const topics = Object.entries(cityBodies).filter(([, body]) => body === table);
  const on = topics.map(([topic]) => ` Topic rscu/{rscu_id}/${topic}.`).join('');
  const lines = table.rows.flatMap(rowLines);
  return [`// ${table.source}.${on}`, `message ${table.name} {`, ...lines, '}'].join('\n');
}

/** The .proto of all bodies: what a platform needs to read us. Same tables, same text. */
export const protoText = (): string => [
  '// City payloads of T/ITS 0180.1-2021 in Protocol Buffers. Printed by `scripts/proto.ts` from',
  '// `src/cloud/schema.ts`; do not edit by hand. The standard gives no schema of its own: field',
  '// numbers are the row numbers of its tables, and members of ours count from 100. A mandatory',
  '// member is written without `optional`; when it is missing it is 0 or empty.',
  'syntax = "proto3";',
  'package rscu.tits0180;',
  '',
  cityTables.map(messageText).join('\n\n'),
  '',
].join('\n');
