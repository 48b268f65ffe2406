"""The pages that lenders, officials, the institution and the public see."""
