import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/**
 * X.509 certificates (RFC 5280) for the sandbox: an own CA, a serving certificate and client certificates. Node signs but does not
 * build certificates, and `openssl` is not on every machine, so the few DER structures needed are written here.
 */
export interface KeyAndCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
}

export interface Subject {
  readonly commonName: string;
  /** Kubernetes reads these as the user's groups. */
  readonly organizations?: readonly string[];
}

export interface CertificateAuthority {
  readonly certificatePem: string;
  issueServer(
    subject: Subject,
    names: { readonly dns: readonly string[]; readonly ipv4: readonly string[] },
  ): KeyAndCertificate;
  issueClient(subject: Subject): KeyAndCertificate;
}

const dayMs = 24 * 60 * 60 * 1000;

/** An ECDSA P-256 certificate authority that lives as long as this object. */
export function createAuthority(commonName: string): CertificateAuthority {
  const subject = { commonName };
  const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = keyIdentifier(ca.publicKey);

  const issue = (to: Subject, publicKey: KeyObject, extensions: readonly Buffer[]): string =>
    pem(
      'CERTIFICATE',
      certificate(subject, ca.privateKey, to, publicKey, [
        ...extensions,
        extension(oids.authorityKeyId, sequence(tlv(0x80, keyId))),
      ]),
    );
  const issueLeaf = (to: Subject, usage: string, extensions: readonly Buffer[]): KeyAndCertificate => {
    const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      keyPem: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificatePem: issue(to, leaf.publicKey, [
        extension(oids.basicConstraints, sequence(), true),
        extension(oids.keyUsage, keyUsageBits.digitalSignature, true),
        extension(oids.extendedKeyUsage, sequence(oid(usage))),
        ...extensions,
      ]),
    };
  };

  return {
    certificatePem: issue(subject, ca.publicKey, [
      extension(oids.basicConstraints, sequence(derTrue), true),
      extension(oids.keyUsage, keyUsageBits.certificateSign, true),
      extension(oids.subjectKeyId, tlv(tags.octetString, keyId)),
    ]),
    issueServer: (to, names) =>
      issueLeaf(to, oids.serverAuth, [
        extension(
          oids.subjectAltName,
          sequence(
            ...names.dns.map((name) => tlv(0x82, Buffer.from(name, 'ascii'))),
            ...names.ipv4.map((address) => tlv(0x87, Buffer.from(address.split('.').map(Number)))),
          ),
        ),
      ]),
    issueClient: (to) => issueLeaf(to, oids.clientAuth, []),
  };
}

/** A key pair with which the API server signs and checks service account tokens. */
export function createServiceAccountKey(): { readonly privatePem: string; readonly publicPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privatePem: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
};

const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};

function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.from(content.length.toString(16).padStart(content.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

const sequence = (...contents: readonly Uint8Array[]): Buffer => tlv(tags.sequence, ...contents);
const derTrue = tlv(tags.boolean, Buffer.from([0xff]));

/** Bit 0 is the most significant one; the first octet counts the unused bits at the end. */
const keyUsageBits = {
  digitalSignature: tlv(tags.bitString, Buffer.from([7, 0x80])),
  certificateSign: tlv(tags.bitString, Buffer.from([2, 0x04])),
};

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(tags.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

function distinguishedName(subject: Subject): Buffer {
  const attribute = (type: string, value: string): Buffer =>
    tlv(tags.set, sequence(oid(type), tlv(tags.utf8String, Buffer.from(value, 'utf8'))));
  return sequence(
    ...(subject.organizations ?? []).map((name) => attribute(oids.organization, name)),
    attribute(oids.commonName, subject.commonName),
  );
}

/** UTCTime: two-digit years, good until 2049. */
function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '');
  return tlv(tags.utcTime, Buffer.from(`${digits.slice(2, 14)}Z`, 'ascii'));
}

function extension(type: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(type), ...(critical ? [derTrue] : []), tlv(tags.octetString, value));
}

function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function certificate(
  issuer: Subject,
  issuerKey: KeyObject,
  subject: Subject,
  publicKey: KeyObject,
  extensions: readonly Buffer[],
): Buffer {
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  // Positive and without a leading zero octet, as DER wants integers.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const now = Date.now();
  const toBeSigned = sequence(
    tlv(0xa0, tlv(tags.integer, Buffer.from([2]))),
    tlv(tags.integer, serial),
    algorithm,
    distinguishedName(issuer),
    sequence(utcTime(now - dayMs), utcTime(now + 365 * dayMs)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  );
  return sequence(toBeSigned, algorithm, tlv(tags.bitString, Buffer.from([0]), sign('sha256', toBeSigned, issuerKey)));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
