<?php
/**
 * Plugin Name: Digest prompt
 * Description: The shortcode [digest_prompt newsletter="daily"] puts the newsletter's sign-up prompt into a post.
 * Version: 1.0.0
 * Requires at least: 5.9
 * Requires PHP: 7.4
 * License: MIT
 *
 * The address of the newsletter's pages is the constant DIGEST_PROMPT_URL in wp-config.php, or what the filter
 * digest_prompt_url gives. Nothing is stored, and nothing is asked of the reader's browser but the script.
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** The address of the newsletter's pages, without a slash at its end; empty when none is named. */
function digest_prompt_address() {
	$address = defined( 'DIGEST_PROMPT_URL' ) ? DIGEST_PROMPT_URL : '';
	$address = (string) apply_filters( 'digest_prompt_url', $address );
	return untrailingslashit( esc_url_raw( $address, array( 'https', 'http' ) ) );
}

/** The keys of newsletters in a list: whatever is no key is left out. */
function digest_prompt_keys( $list ) {
	$keys = array_map( 'trim', explode( ',', (string) $list ) );
	return array_values( array_filter( $keys, static function ( $key ) {
		return 1 === preg_match( '/\A[a-z0-9][a-z0-9-]{0,39}\z/', $key );
	} ) );
}

/** The attributes of the script, escaped: those that were given, by the names that docs/embedding.md tells. */
function digest_prompt_attributes( $given ) {
	$attributes = '';
	foreach ( array( 'place', 'article', 'lang', 'prompt', 'button', 'note', 'accent', 'paper', 'ink' ) as $name ) {
		if ( '' !== $given[ $name ] ) {
			$attributes .= sprintf( ' data-%s="%s"', $name, esc_attr( $given[ $name ] ) );
		}
	}
	return 'yes' === $given['name'] ? $attributes . ' data-name' : $attributes;
}

/** The form that works without the script. */
function digest_prompt_form( $address, $keys, $given ) {
	$html  = sprintf( '<form data-digest-prompt method="post" action="%s">', esc_url( $address . '/subscribe' ) );
	$html .= sprintf( '<p><strong>%s</strong></p>', esc_html( $given['prompt'] ?: __( 'Subscribe free to our daily newsletter' ) ) );
	foreach ( $keys as $key ) {
		$html .= 1 === count( $keys )
			? sprintf( '<input type="hidden" name="newsletter" value="%s">', esc_attr( $key ) )
			: sprintf( '<p><label><input type="checkbox" name="newsletter" value="%1$s"> %1$s</label></p>', esc_attr( $key ) );
	}
	$html .= sprintf( '<p><label>%s<br><input type="email" name="email" autocomplete="email" required maxlength="254"></label> ', esc_html__( 'Email' ) );
	$html .= sprintf( '<button>%s</button></p>', esc_html( $given['button'] ?: __( 'Subscribe' ) ) );
	$html .= '<p hidden><label>Website <input name="website" tabindex="-1" autocomplete="off"></label></p>';
	return $html . '</form>';
}

/** What stands in the post in place of the shortcode: nothing, when the address or the newsletter is missing. */
function digest_prompt_shortcode( $given ) {
	$none    = array_fill_keys( array( 'newsletter', 'place', 'article', 'lang', 'name', 'prompt', 'button', 'note', 'accent', 'paper', 'ink' ), '' );
	$given   = array_map( 'strval', shortcode_atts( $none, $given, 'digest_prompt' ) );
	$address = digest_prompt_address();
	$keys    = digest_prompt_keys( $given['newsletter'] );
	if ( '' === $address || ! $keys ) {
		return current_user_can( 'edit_posts' )
			? '<p>' . esc_html( 'digest_prompt: name DIGEST_PROMPT_URL in wp-config.php, and a newsletter in the shortcode.' ) . '</p>'
			: '';
	}
	$form = digest_prompt_form( $address, $keys, $given );
	if ( in_array( $given['place'], array( 'end', 'slide-in' ), true ) ) {
		$form = "<noscript>$form</noscript>";
	}
	return $form . sprintf(
		'<script async src="%s" data-newsletter="%s"%s></script>',
		esc_url( $address . '/static/prompt.js' ),
		esc_attr( implode( ',', $keys ) ),
		digest_prompt_attributes( $given )
	);
}

add_shortcode( 'digest_prompt', 'digest_prompt_shortcode' );
