import { type Deviation, GUIDE, RECORDED, REFERENCE } from './deviation.ts';

export const TASK_DEFINITIONS: readonly Deviation[] = [
  {
    id: 'no-deregistered-at',
    operation: 'DeregisterTaskDefinition',
    motoDoes: 'deregisteredAt is never set.',
    awsDoes: 'It is.',
    source: REFERENCE,
    rows: { 'expected undefined to be an instance of Date': 'TDL-03' },
  },
  {
    id: 'inactive-definition-is-usable',
    operation: 'RunTask, CreateService',
    motoDoes: 'An INACTIVE definition can be used, and a family means its newest revision whatever its status.',
    awsDoes: 'It is refused with ClientException, and a family means its latest ACTIVE revision.',
    source: GUIDE,
    rows: { 'accepted, and not refused': 'TDL-03b TDL-03c TDL-03e', 'expected 3 to be 2': 'ARN-05' },
  },
  {
    id: 'deletion-forgets-at-once',
    operation: 'DeleteTaskDefinitions',
    motoDoes: 'The definition is gone at once, also in use, and the revision counter begins anew.',
    awsDoes: 'It is DELETE_IN_PROGRESS for a while and as long as it is used; the counter goes on.',
    source: GUIDE,
    rows: { 'Unable to describe task definition.': 'TDL-06', 'expected 1 to be 2': 'TDL-07' },
  },
  {
    id: 'list-definitions-unsorted',
    operation: 'ListTaskDefinitions, ListTaskDefinitionFamilies',
    motoDoes: 'sort and status are ignored.',
    awsDoes: 'Both are honored.',
    source: REFERENCE,
    rows: { 'to deeply equal': 'API.ListTaskDefinitions', "expected [ 'family-": 'TDL-08' },
  },
  {
    id: 'definition-not-checked',
    operation: 'RegisterTaskDefinition',
    motoDoes: 'Only name, image, memory and the PID mode of Fargate are checked.',
    awsDoes: 'Everything is checked against each of the compatibilities, with ClientException.',
    source: GUIDE,
    rows: {
      'accepted, and not refused':
        'TDF-01 TDF-02 TD-24 TD-21 SIZE-04 CD-01c G4.23 CD-22 TD-41 TD-40 TD-47 CD-25 TRAP-01 TD-10 TD-11 ' +
        'TD-12 TD-15 TDL-12 PL-11 VOL-30 TD-13 TD-3 TD-3b G4.13 G4.13b G4.13c G4.13d FG-01 FG-01b FG-02 FG-03 ' +
        'FG-05 EPH-01 SEC-08 TDF-09 TDF-09b LOG-11',
    },
  },
  {
    id: 'sizes-as-given',
    operation: 'RegisterTaskDefinition',
    motoDoes: 'cpu and memory come back as they were given.',
    awsDoes: 'They come back in units and MiB.',
    source: GUIDE,
    rows: { "expected '.25 vcpu' to be '256'": 'TD-1', "expected '1 GB' to be '1024'": 'TD-2' },
  },
  {
    id: 'containers-as-given',
    operation: 'RegisterTaskDefinition',
    motoDoes: 'Most of a container comes back as it was given.',
    awsDoes:
      'Empty lists, ports, protocol, capabilities and health check are filled in; the environment is in an order of its own.',
    source: `${RECORDED}; go-to-k/cdkd#1169`,
    rows: {
      "expected { name: 'app', image: 'nginx', …(6) } to match object { portMappings: [], …(4) }": 'FB.6b',
      'expected [ { containerPort: 80 } ] to deeply equal [ { containerPort: 80, …(2) } ]': 'FB.6c CD-04',
      "expected [ 'ZEBRA', 'ALPHA', 'MIKE', …(3) ] to not deeply equal [ 'ZEBRA', 'ALPHA', 'MIKE', …(3) ]": 'FB.6d',
      "expected { add: [ 'NET_ADMIN' ] } to deeply equal { add: [ 'NET_ADMIN' ], drop: [] }": 'FB.6e',
      "expected { command: [ 'CMD', 'true' ] } to deeply equal { command: [ 'CMD', 'true' ], …(3) }": 'G4.20.5',
      "expected [ { name: 'scratch' } ] to deeply equal [ { name: 'scratch', host: {} } ]": 'BND-01',
    },
  },
  {
    id: 'compatibilities-as-required',
    operation: 'RegisterTaskDefinition',
    motoDoes: 'compatibilities is EC2 and what was required.',
    awsDoes: 'It is all that the definition could run on, EXTERNAL included.',
    source: GUIDE,
    rows: { 'to deeply equal ArrayContaining': 'LT-01' },
  },
  {
    id: 'network-mode-bridge',
    operation: 'RegisterTaskDefinition',
    motoDoes: 'A network mode that was not given is bridge.',
    awsDoes: 'It is left out (the definitions that the console prints have null).',
    source: GUIDE,
    rows: { "expected 'bridge' to be undefined": 'G4.20.1' },
  },
  {
    id: 'registration-without-origin',
    operation: 'RegisterTaskDefinition',
    motoDoes: 'Tags, registeredAt and registeredBy are not in the answer.',
    awsDoes: 'They are.',
    source: REFERENCE,
    rows: {
      "expected undefined to deeply equal [ { key: 'a', value: 'b' } ]": 'TDF-15',
      'expected undefined to be an instance of Date': 'TDL-17',
      "expected undefined to be type of 'number'": 'API.jsonD',
    },
  },
];
