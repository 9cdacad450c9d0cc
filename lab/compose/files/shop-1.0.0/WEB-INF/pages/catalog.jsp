<%@ page session="false" contentType="application/json;charset=UTF-8" trimDirectiveWhitespaces="true" %>
{"version":"1.0.0","items":[{"sku":"A-100","name":"Anchor chain, 10 m","priceCents":8900},{"sku":"B-200","name":"Bollard, cast iron","priceCents":24500}]}
