// How the stack in CloudFront's own Region is called, and what it hands on. Apart from the stack, which takes seconds to load.
import type { Settings } from './settings.ts';

export const EDGE_REGION = 'us-east-1';

/** Named after the Region of the photos too: each has one. */
export const edgeStackName = ({ stackName, region }: Pick<Settings, 'stackName' | 'region'>): string =>
  `${stackName}-edge-${region}`;

export const needsEdge = ({ domain, firewall }: Pick<Settings, 'domain' | 'firewall'>): boolean =>
  domain !== null || firewall !== null;

/** The names of one's own that are in use. */
export const namesOf = ({
  domain,
  cloudFrontReads,
}: Pick<Settings, 'domain' | 'cloudFrontReads'>): string[] =>
  domain ? [domain.page, domain.links, ...(cloudFrontReads ? [domain.reads] : [])] : [];

/** Outputs of this stack, and the parameters of the other that take them. */
export const CERTIFICATE = 'CertificateArn';
export const FIREWALL = 'FirewallArn';
