/**
 * What a run leaves behind, and what can be read out of it: JUnit XML, HTML and transcripts; audits
 * of transcripts, HAR exports and logs; reports merged and compared.
 */
package io.github.wsproof.evidence;
